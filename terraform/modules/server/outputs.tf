output "ipv4_address" {
  description = "The server's public IPv4 address (the Elastic IP)."
  value       = aws_eip.server.public_ip
}

output "ipv6_address" {
  description = "The server's public IPv6 address."
  value       = one(aws_network_interface.server.ipv6_addresses)
}

output "instance_id" {
  description = "The EC2 instance."
  value       = aws_instance.server.id
}

output "image_id" {
  description = "The newest image that fits; the server keeps the one that it was made from."
  value       = data.aws_ami.debian.id
}

output "role_name" {
  description = "The role of the server, to which policies are attached."
  value       = aws_iam_role.server.name
}

output "user_data" {
  description = "What the first boot is told; nothing in it is secret."
  value       = local.user_data
}
