"""Settings of the Django rival: what a site in production has, and nothing that costs time without need."""

import os

SECRET_KEY = "only measured, on a loopback address"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["django.contrib.gis", "bench.rivals.django_site"]
# It writes the length of an answer; the others of a new project (sessions, accounts, CSRF) would be of no use here.
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
# That GDAL can read files and addresses: no request reaches it.
SILENCED_SYSTEM_CHECKS = ["gis.W001"]
ROOT_URLCONF = "bench.rivals.django_site.views"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": "postgres",
        "USER": "registry",
        "HOST": os.environ["RIVAL_POSTGRES_SOCKETS"],
        "CONN_MAX_AGE": None,
    }
}
