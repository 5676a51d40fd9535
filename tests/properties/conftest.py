"""Laws, tried on made-up input: no test here fails for being slow on a busy machine."""

from hypothesis import HealthCheck, settings


settings.register_profile("laws", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("laws")
