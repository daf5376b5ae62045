"""What people and addresses may use: quotas, rate limits, the budget of the day, bytes."""
