"""The search as a good Django developer would write it."""

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.measure import D
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path

from bench.rivals.django_site.models import Laboratory, Offering, ZipCode

PAGE = 20


def labs(request: HttpRequest) -> JsonResponse:
    """The nearest laboratories within ``within`` miles of ``near`` that have one of ``method``, and how many."""
    here = get_object_or_404(ZipCode, pk=request.GET["near"]).location
    found = Laboratory.objects.filter(state="published", location__dwithin=(here, D(mi=float(request.GET["within"]))))
    if methods := request.GET.getlist("method"):
        found = found.filter(Exists(Offering.objects.filter(laboratory=OuterRef("pk"), method__in=methods)))
    page = found.annotate(distance=Distance("location", here)).order_by("distance", "name_key", "pk")[:PAGE]
    return JsonResponse(
        {
            "total": found.count(),
            "items": [
                {"distance_miles": round(distance.mi, 1), **card}
                for card, distance in page.values_list("card", "distance")
            ],
        }
    )


urlpatterns = [path("labs", labs)]
