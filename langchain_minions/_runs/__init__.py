"""What every face of the package shares: engines, progress, history, what is read."""
