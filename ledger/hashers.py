"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id at 19 MiB, two passes, one lane: the first choice of OWASP's Password Storage
    Cheat Sheet. Django's own 100 MiB on eight lanes would let a handful of parallel sign-ins
    take all memory and every core of a small machine."""

    memory_cost = 19_456
    time_cost = 2
    parallelism = 1
