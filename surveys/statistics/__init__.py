"""The figures of a survey: pure Python, no database, no clock, nothing of ours and no Django.

| file | holds |
| --- | --- |
| `answers` | what an answer is: a point of the scale, «don't know», missing |
| `items`, `areas` | the figures of one question and of an area of questions |
| `means`, `estimates`, `students_t` | mean, sd, se with the correction for a finite population, interval |
| `stratified`, `weighting`, `weighted` | strata, post-stratification and raking, means and errors with them |
| `reliability` | Cronbach's alpha |
| `comparing`, `adjusting`, `wording` | differences, tests, many tests at once, and what may be said of them |
| `pooling` | one mean out of several municipalities' |
| `sampling`, `planning` | drawing from a register, and how many to invite |
| `tables`, `suppression`, `attacker`, `filters` | small groups: what may be shown, and the proof |

The definitions are those of the domain description, «Definitions for survey figures»; `docs/statistics.md` gives each
formula, its source and the R call that gives the same. Every refusal is a `CannotCompute` with a code. numpy,
scipy and mpmath are imported where they are used, and what takes the first two runs in a process of its own
(`surveys.results.heavy`).
"""
