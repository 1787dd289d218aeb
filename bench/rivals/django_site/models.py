"""Laboratories with a geography point, their tests, and the points of ZIP codes."""

from django.contrib.gis.db import models


class ZipCode(models.Model):
    """Where a question comes from."""

    code = models.CharField(max_length=5, primary_key=True)
    location = models.PointField(geography=True)

    class Meta:
        db_table = "zip_code"


class Laboratory(models.Model):
    """One site; ``card`` is its item of an answer, ready, so that no answer has to gather its tests."""

    slug = models.SlugField(max_length=100, unique=True)
    state = models.CharField(max_length=16)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=400, db_index=True)
    card = models.JSONField()
    location = models.PointField(geography=True)

    class Meta:
        db_table = "laboratory"


class Offering(models.Model):
    """One test of a laboratory."""

    laboratory = models.ForeignKey(Laboratory, models.CASCADE, related_name="offerings")
    method = models.CharField(max_length=24, db_index=True)

    class Meta:
        db_table = "offering"
        indexes = [models.Index(fields=["laboratory", "method"], name="offering_laboratory_method")]
