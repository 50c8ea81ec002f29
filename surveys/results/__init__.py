"""What a survey came to: answers read once, figures computed once, small groups taken out, one object for every reader.

| file | holds |
| --- | --- |
| `reading` | questions and answers as columns |
| `weighing` | strata, and weights fitted to the population |
| `groups` | what of the groups is not to be shown |
| `heavy` | what takes numpy and scipy, in a process of its own |
| `comparing` | against the country, others and earlier rounds |
| `figures` | the results themselves, and their JSON |
| `assembling` | all of it together; kept in the cache once the survey is closed |
"""

from surveys.results.assembling import results_of
from surveys.results.faults import NoResults
from surveys.results.figures import Results

__all__ = ["NoResults", "Results", "results_of"]
