"""`make faults`: an installation of its own on loopback, under load, while its parts are broken one after the other.

    python -m tests.faults.storm --minutes 10 --cards 5000 --seed 7

`town` is the installation, `post` the mail server and `load` the people; `kinds` are the faults, `proof` is what must hold
afterwards. What was drawn comes from the seed; when it strikes and what it hits depends on the machine, too.
"""
