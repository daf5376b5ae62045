# What AWS is said to answer in the tests.

mock_data "aws_partition" {
  defaults = { partition = "aws" }
}

mock_data "aws_availability_zones" {
  defaults = { names = ["eu-central-1a", "eu-central-1b", "eu-central-1c"] }
}

mock_data "aws_ec2_instance_type_offerings" {
  defaults = { locations = ["eu-central-1c", "eu-central-1-ham-1a", "eu-central-1b"] }
}

mock_data "aws_ami" {
  defaults = { id = "ami-0123456789abcdef0" }
}

mock_data "aws_ec2_instance_type" {
  defaults = { supported_architectures = ["x86_64"] }
}

mock_data "aws_eip" {
  defaults = { id = "eipalloc-0123", public_ip = "198.51.100.7" }
}

mock_data "aws_route53_zone" {
  defaults = { name = "example.org." }
}

mock_resource "aws_vpc" {
  defaults = { id = "vpc-0123", ipv6_cidr_block = "2001:db8:100::/56" }
}

mock_resource "aws_subnet" {
  defaults = { id = "subnet-0123" }
}

mock_resource "aws_security_group" {
  defaults = { id = "sg-0123" }
}

mock_resource "aws_network_interface" {
  defaults = { id = "eni-0123", ipv6_addresses = ["2001:db8:100::7"] }
}

mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws:iam::123456789012:role/test" }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = { arn = "arn:aws:logs:eu-central-1:123456789012:log-group:test" }
}
