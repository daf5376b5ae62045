# What makes this environment production. What belongs to one installation is in terraform.tfvars.
environment             = "production"
vpc_network             = "10.30.0.0/16"
architecture            = "x86_64"
instance_type           = "t3.medium"
root_volume_size        = 60
termination_protection  = true
flow_logs               = true
backup_noncurrent_days  = 90
backup_object_lock_days = 0
