# Every rule of the server's security group is in these two tables; the two resources below apply them.

locals {
  everywhere = { ipv4 = "0.0.0.0/0", ipv6 = "::/0" }

  ssh_rules = {
    for network in var.ssh_allowed_networks : "ssh-${network}" => {
      protocol = "tcp", port = 22, network = network, description = "SSH for administrators from ${network}"
    }
  }

  public_services = {
    http  = { protocol = "tcp", port = 80, description = "HTTP: redirected to HTTPS, and certificate challenges" }
    https = { protocol = "tcp", port = 443, description = "HTTPS: the site" }
  }

  needed_services = {
    http    = { protocol = "tcp", port = 80, description = "HTTP: signed packages of the distribution" }
    https   = { protocol = "tcp", port = 443, description = "HTTPS: images, certificates, backups, model providers" }
    dns-udp = { protocol = "udp", port = 53, description = "DNS: names" }
    dns-tcp = { protocol = "tcp", port = 53, description = "DNS: long answers" }
    # Not 25, where mail may go unencrypted: a provider's ports for customers who sign in.
    smtp  = { protocol = "tcp", port = 587, description = "SMTP with STARTTLS: invitations and new passwords" }
    smtps = { protocol = "tcp", port = 465, description = "SMTP over TLS: invitations and new passwords" }
    ntp   = { protocol = "udp", port = 123, description = "NTP: the time" }
  }

  ingress_rules = merge(local.ssh_rules, merge([
    for family, network in local.everywhere : {
      for service, rule in local.public_services : "${service}-${family}" => merge(rule, { network = network })
    }
  ]...))

  egress_rules = merge([
    for family, network in local.everywhere : {
      for service, rule in local.needed_services : "${service}-${family}" => merge(rule, { network = network })
    }
  ]...)
}

resource "aws_security_group" "server" {
  name        = "${local.name}-server"
  description = "What may reach the server, and what it may reach"
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${local.name}-server" }
}

resource "aws_vpc_security_group_ingress_rule" "server" {
  for_each = local.ingress_rules

  security_group_id = aws_security_group.server.id
  description       = each.value.description
  ip_protocol       = each.value.protocol
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_ipv4         = strcontains(each.value.network, ":") ? null : each.value.network
  cidr_ipv6         = strcontains(each.value.network, ":") ? each.value.network : null

  tags = { Name = "${local.name}-in-${each.key}" }
}

resource "aws_vpc_security_group_egress_rule" "server" {
  for_each = local.egress_rules

  security_group_id = aws_security_group.server.id
  description       = each.value.description
  ip_protocol       = each.value.protocol
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_ipv4         = strcontains(each.value.network, ":") ? null : each.value.network
  cidr_ipv6         = strcontains(each.value.network, ":") ? each.value.network : null

  tags = { Name = "${local.name}-out-${each.key}" }
}
