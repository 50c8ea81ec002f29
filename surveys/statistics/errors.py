"""What a figure says when it cannot be given: a code for the caller to put into words, and the values it concerns."""

from __future__ import annotations

from functools import partial


class CannotCompute(ValueError):
    """The figure does not exist for this input. `code` names why; `about` holds the values that a sentence needs.

    | code | why |
    | --- | --- |
    | `not_on_scale` | an answer that is no point of the scale (`value`, `low`, `high`) |
    | `lengths_differ` | columns of one survey with unequal numbers of respondents |
    | `no_such_number` | a number outside what is possible, such as a confidence of 2 (`name`, `value`) |
    | `more_answers_than_people` | more valid answers than the population has people (`answers`, `population`) |
    | `unknown_group` | a respondent in a group whose population is not given (`group`) |
    | `group_missing` | a respondent without the group that is weighted on (`group`) |
    | `empty_cell` | a group of the population that nobody answered for (`group`) |
    | `sum_is_not_population` | margins that do not add up to the population (`margin`, `sum`, `population`) |
    | `margins_contradict` | margins that no weights can meet together (`margin`) |
    | `no_convergence` | raking did not settle within its rounds (`rounds`) |
    | `same_id_twice` | an id twice in a register (`id`) |
    | `more_than_there_are` | a draw larger than the register or the stratum (`wanted`, `there_are`, `group`) |
    | `not_within_reach` | a margin that not even everybody's answer would give |
    | `does_not_add_up` | a total that is not the sum of its parts (`cell`) |
    | `cannot_protect` | no way to hide the small groups beside what is published already |
    """

    def __init__(self, code: str, **about: object) -> None:
        self.code = code
        self.about = about
        super().__init__(code + (": " + ", ".join(f"{key}={value!r}" for key, value in about.items()) if about else ""))

    def __reduce__(self) -> tuple[partial[CannotCompute], tuple[()]]:
        """How it is pickled: what an exception's own way keeps is its sentence."""
        return partial(CannotCompute, self.code, **self.about), ()
