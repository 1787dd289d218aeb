"""What only the demonstration shows."""
