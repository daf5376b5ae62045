# One server whose addresses outlive it: the network interface (IPv6) and the Elastic IP (IPv4) are resources of
# their own, so that a server made anew answers where the old one did.

locals {
  debian_architectures = { x86_64 = "amd64", arm64 = "arm64" }
  image_name           = coalesce(var.image_name, "debian-13-${local.debian_architectures[var.architecture]}-*")
}

data "aws_ami" "debian" {
  owners      = [var.image_owner]
  most_recent = true

  filter {
    name   = "name"
    values = [local.image_name]
  }

  filter {
    name   = "architecture"
    values = [var.architecture]
  }

  filter {
    name   = "root-device-type"
    values = ["ebs"]
  }

  filter {
    name   = "virtualization-type"
    values = ["hvm"]
  }
}

data "aws_ec2_instance_type" "server" {
  instance_type = var.instance_type
}

resource "aws_network_interface" "server" {
  description        = "The server's only interface; it keeps its IPv6 address when the server is replaced"
  subnet_id          = var.subnet_id
  security_groups    = [var.security_group_id]
  ipv6_address_count = 1

  tags = { Name = var.name }
}

resource "aws_eip" "server" {
  domain            = "vpc"
  network_interface = aws_network_interface.server.id

  tags = { Name = var.name }

  lifecycle {
    # The address is in DNS records, in firewalls and in people's notes: it never goes by accident.
    prevent_destroy = true
  }
}

resource "aws_instance" "server" {
  #checkov:skip=CKV2_AWS_41:The role is attached by the instance profile that this module makes
  ami                                  = data.aws_ami.debian.id
  instance_type                        = var.instance_type
  iam_instance_profile                 = aws_iam_instance_profile.server.name
  user_data                            = local.user_data
  monitoring                           = true
  ebs_optimized                        = true
  disable_api_termination              = var.termination_protection
  disable_api_stop                     = false
  instance_initiated_shutdown_behavior = "stop"

  network_interface {
    network_interface_id = aws_network_interface.server.id
    device_index         = 0
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    http_protocol_ipv6          = "disabled"
    instance_metadata_tags      = "disabled"
  }

  root_block_device {
    volume_type           = "gp3"
    volume_size           = var.root_volume_size
    encrypted             = true
    kms_key_id            = var.kms_key_arn
    delete_on_termination = true

    tags = { Name = "${var.name}-root" }
  }

  tags = { Name = var.name }

  lifecycle {
    # A newer image or another first-boot file must not replace a server that lives: updates and
    # administrators are Ansible's from the first boot on.
    ignore_changes = [ami, user_data]

    precondition {
      condition     = contains(data.aws_ec2_instance_type.server.supported_architectures, var.architecture)
      error_message = "The instance type ${var.instance_type} does not run ${var.architecture} images."
    }
  }

  # The interface has its public address before the first boot, not some time during it.
  depends_on = [aws_eip.server]
}
