# The installation's own network: one public subnet with both address families, and who may reach the server.

# Not every zone has every instance type, and a subnet without a zone of its own gets any.
data "aws_availability_zones" "open" {
  #checkov:skip=CKV_AWS_394:The zone is chosen once, when the subnet is made; a set that grows moves nothing
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

data "aws_ec2_instance_type_offerings" "server" {
  location_type = "availability-zone"

  filter {
    name   = "instance-type"
    values = [var.instance_type]
  }
}

locals {
  zones = sort(setintersection(data.aws_ec2_instance_type_offerings.server.locations, data.aws_availability_zones.open.names))
  zone  = try(local.zones[0], null)
}

resource "aws_vpc" "this" {
  #checkov:skip=CKV2_AWS_11:Flow logs are made when var.flow_logs is set; both environments set it
  cidr_block                       = var.vpc_network
  assign_generated_ipv6_cidr_block = true
  enable_dns_support               = true
  enable_dns_hostnames             = true

  tags = { Name = local.name }
}

# Every VPC is born with a security group that lets its members talk. Adopting it without rules closes it.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${local.name}-default-closed" }
}

resource "aws_subnet" "public" {
  vpc_id            = aws_vpc.this.id
  availability_zone = local.zone
  cidr_block        = cidrsubnet(var.vpc_network, 4, 0)
  ipv6_cidr_block   = cidrsubnet(aws_vpc.this.ipv6_cidr_block, 8, 0)

  # The server's addresses are its own resources; nothing else gets one by being started here.
  map_public_ip_on_launch         = false
  assign_ipv6_address_on_creation = false

  tags = { Name = "${local.name}-public" }

  lifecycle {
    # Chosen when the subnet is made. That another zone comes first one day must not make the server anew.
    ignore_changes = [availability_zone]

    precondition {
      condition     = length(local.zones) > 0
      error_message = "${var.region} has no zone that offers ${var.instance_type}: choose another instance type or region."
    }
  }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = local.name }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${local.name}-public" }
}

resource "aws_route" "ipv4" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route" "ipv6" {
  route_table_id              = aws_route_table.public.id
  destination_ipv6_cidr_block = "::/0"
  gateway_id                  = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}
