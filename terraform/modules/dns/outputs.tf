output "names" {
  description = "The records that exist, by type."
  value = {
    A   = aws_route53_record.ipv4.name
    CAA = aws_route53_record.certificate_issuers.name
  }
}
