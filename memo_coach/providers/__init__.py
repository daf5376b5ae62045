"""Language models as the coaching domain asks for them: the one place that knows the providers' library."""
