"""What the registry is about, in the standard library alone: vocabulary, profile, workflow, freshness, geometry."""
