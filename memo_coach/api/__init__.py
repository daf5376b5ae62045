"""The product for programs: REST below ``/api/v1``, by the same services, rules and limits as the pages.

One module is one resource. What is said in each is how it is asked and answered; what happens is in the
services.
"""
