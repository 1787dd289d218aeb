-- "Plain SQL" for the question: a bounding box, the haversine, and the count beside the page.
-- A degree of latitude is 69.1 miles; 68 leaves the box a little too large. Parameters arrive as text.
with here as (
  select lat, lon, cast(:within as real) as miles from zip_code where code = :near
),
boxed as (
  select lab.id,
    2 * 3958.7613 * asin(min(1.0, sqrt(
      pow(sin(radians(lab.lat - here.lat) / 2), 2)
      + cos(radians(here.lat)) * cos(radians(lab.lat)) * pow(sin(radians(lab.lon - here.lon) / 2), 2)
    ))) as distance_miles,
    here.miles
  from here
  join lab on lab.state = 'published'
    and lab.lat between here.lat - here.miles / 68 and here.lat + here.miles / 68
    and lab.lon between here.lon - here.miles / 68 / cos(radians(here.lat))
      and here.lon + here.miles / 68 / cos(radians(here.lat))
  where exists (
    select 1 from lab_offering as offering
    where offering.lab_id = lab.id and offering.method in (:method, :or_method)
  )
),
found as materialized (
  select id, distance_miles from boxed where distance_miles <= miles
),
page as (
  select id, distance_miles from found order by distance_miles, id limit 20
)
select (select count(*) from found) as total, page.distance_miles, lab.slug, lab.card
from page join lab on lab.id = page.id
order by page.distance_miles, page.id
