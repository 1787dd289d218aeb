"""Pages for patients, clinicians and laboratories to learn from, and the numbers and sources they stand on."""
