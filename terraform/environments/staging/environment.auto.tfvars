# What makes this environment staging. What belongs to one installation is in terraform.tfvars.
environment             = "staging"
vpc_network             = "10.20.0.0/16"
architecture            = "x86_64"
instance_type           = "t3.small"
root_volume_size        = 30
termination_protection  = false
flow_logs               = true
backup_noncurrent_days  = 14
backup_object_lock_days = 0
