# The site's name: its address, and who may issue its certificate. No AAAA record: the containers' network speaks
# IPv4 only, and a record that leads nowhere delays visitors and fails the certificate's challenge.

data "aws_route53_zone" "site" {
  count = var.dns_zone_id == null ? 0 : 1

  zone_id = var.dns_zone_id
}

locals {
  zone_name         = try(trimsuffix(data.aws_route53_zone.site[0].name, "."), "")
  name_is_in_zone   = var.site_host == local.zone_name || endswith(var.site_host, ".${local.zone_name}")
  seconds_to_live   = 300
  allowed_issuers   = [for issuer in var.certificate_issuers : "0 issue \"${issuer}\""]
  no_wildcard_names = ["0 issuewild \";\""]
}

resource "aws_route53_record" "ipv4" {
  #checkov:skip=CKV2_AWS_23:The record holds the Elastic IP of the root "lasting"
  count = length(data.aws_route53_zone.site)

  zone_id = var.dns_zone_id
  name    = var.site_host
  type    = "A"
  ttl     = local.seconds_to_live
  records = [data.aws_eip.lasting.public_ip]

  lifecycle {
    precondition {
      condition     = local.name_is_in_zone
      error_message = "The site's host ${var.site_host} is not in the zone ${local.zone_name}."
    }
  }
}

resource "aws_route53_record" "certificate_issuers" {
  count = length(data.aws_route53_zone.site)

  zone_id = var.dns_zone_id
  name    = var.site_host
  type    = "CAA"
  ttl     = local.seconds_to_live
  records = concat(local.allowed_issuers, local.no_wildcard_names)
}
