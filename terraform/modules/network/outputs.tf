output "subnet_id" {
  description = "The public subnet, routed to the internet in both address families."
  value       = aws_subnet.public.id

  # A server that starts before its routes are there has no network in its first minutes.
  depends_on = [aws_route.ipv4, aws_route.ipv6, aws_route_table_association.public]
}

output "security_group_id" {
  description = "The security group of the server."
  value       = aws_security_group.server.id

  depends_on = [aws_vpc_security_group_ingress_rule.server, aws_vpc_security_group_egress_rule.server]
}
