# The server. Its network interface (IPv6) and its Elastic IP (IPv4) are resources of their own, so that one that is
# made anew answers where the old one did.

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
  subnet_id          = aws_subnet.public.id
  security_groups    = [aws_security_group.server.id]
  ipv6_address_count = 1

  tags = { Name = local.name }
}

# The address outlives the server; it moves to the newest one.
resource "aws_eip_association" "server" {
  allocation_id        = data.aws_eip.lasting.id
  network_interface_id = aws_network_interface.server.id
  allow_reassociation  = true
}

resource "aws_instance" "server" {
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

    tags = { Name = "${local.name}-root" }
  }

  tags = { Name = local.name }

  lifecycle {
    # A newer image or another first-boot file must not replace a server that lives: updates and
    # administrators are Ansible's from the first boot on.
    ignore_changes = [ami, user_data]

    precondition {
      condition     = contains(data.aws_ec2_instance_type.server.supported_architectures, var.architecture)
      error_message = "The instance type ${var.instance_type} does not run ${var.architecture} images."
    }

    precondition {
      condition     = contains(local.zones, aws_subnet.public.availability_zone)
      error_message = "The zone of this server, ${aws_subnet.public.availability_zone}, does not offer ${var.instance_type}; these do: ${join(", ", local.zones)}."
    }
  }

  # The interface has its public address, a way out and its rules before the first boot, not some time during it.
  depends_on = [
    aws_eip_association.server, aws_route.ipv4, aws_route.ipv6, aws_route_table_association.public,
    aws_vpc_security_group_ingress_rule.server, aws_vpc_security_group_egress_rule.server,
  ]
}
