# The site's records. Nothing is asked of AWS: every resource is a stand-in, known at plan time.

mock_provider "aws" {
  override_during = plan

  mock_data "aws_route53_zone" {
    defaults = { name = "example.org." }
  }
}

variables {
  zone_id             = "Z0123456789ABCDEFGHIJ"
  site_host           = "memo.example.org"
  ipv4_address        = "198.51.100.7"
  certificate_issuers = ["letsencrypt.org"]
}

run "the_name_leads_to_the_server" {
  command = plan

  assert {
    condition     = aws_route53_record.ipv4.type == "A" && aws_route53_record.ipv4.records == toset(["198.51.100.7"])
    error_message = "The A record does not hold the server's IPv4 address."
  }

  assert {
    condition = alltrue([
      for record in [aws_route53_record.ipv4, aws_route53_record.certificate_issuers] :
      record.name == "memo.example.org" && record.zone_id == "Z0123456789ABCDEFGHIJ"
    ])
    error_message = "A record has another name than the site's, or is in another zone."
  }
}

run "only_the_named_authorities_issue_certificates" {
  command = plan

  assert {
    condition     = aws_route53_record.certificate_issuers.type == "CAA" && aws_route53_record.certificate_issuers.records == toset(["0 issue \"letsencrypt.org\"", "0 issuewild \";\""])
    error_message = "The CAA record lets others issue certificates."
  }
}

run "the_name_of_the_zone_itself_is_taken" {
  command = plan

  variables {
    site_host = "example.org"
  }

  assert {
    condition     = aws_route53_record.ipv4.name == "example.org"
    error_message = "The site cannot be at the top of its zone."
  }
}

run "a_name_outside_the_zone_is_refused" {
  command         = plan
  expect_failures = [aws_route53_record.ipv4]

  variables {
    site_host = "memo.badexample.org"
  }
}

run "bad_values_are_refused" {
  command         = plan
  expect_failures = [var.zone_id, var.site_host, var.ipv4_address, var.certificate_issuers]

  variables {
    zone_id             = "example.org"
    site_host           = "https://memo.example.org/"
    ipv4_address        = "2001:db8:100::7"
    certificate_issuers = []
  }
}
