# One installation. Staging and production run this same text (production's files are links to staging's) and
# differ by the values in their environment.auto.tfvars and the operator's terraform.tfvars.

locals {
  name = "memo-coach-${var.environment}"
}

module "network" {
  source = "../../modules/network"

  name                 = local.name
  vpc_network          = var.vpc_network
  ssh_allowed_networks = var.ssh_allowed_networks
  flow_logs            = var.flow_logs
}

module "server" {
  source = "../../modules/server"

  name                   = local.name
  subnet_id              = module.network.subnet_id
  security_group_id      = module.network.security_group_id
  architecture           = var.architecture
  instance_type          = var.instance_type
  image_owner            = var.image_owner
  image_name             = var.image_name
  root_volume_size       = var.root_volume_size
  kms_key_arn            = var.kms_key_arn
  termination_protection = var.termination_protection
  administrator          = var.administrator
  administrator_keys     = var.administrator_keys
}

module "backup" {
  source = "../../modules/backup"

  name              = local.name
  bucket            = var.backup_bucket
  server_role_name  = module.server.role_name
  pruner_principals = var.pruner_principals
  noncurrent_days   = var.backup_noncurrent_days
  object_lock_days  = var.backup_object_lock_days
  kms_key_arn       = var.kms_key_arn
}

module "dns" {
  source = "../../modules/dns"
  count  = var.dns_zone_id == null ? 0 : 1

  zone_id             = var.dns_zone_id
  site_host           = var.site_host
  ipv4_address        = module.server.ipv4_address
  certificate_issuers = var.certificate_issuers
}

check "old_snapshots_can_be_pruned" {
  assert {
    condition     = length(var.pruner_principals) > 0
    error_message = "pruner_principals is empty: no role may delete old snapshots, so the backups grow without end."
  }
}
