variable "project_id" {
  description = "The project of the bucket: its own, in which no administrator of the cluster has a role."
  type        = string
}

variable "bucket" {
  description = "The bucket's name."
  type        = string
}

variable "location" {
  description = "Where the bucket lies: a region, a dual-region or a multi-region."
  type        = string
  default     = "EU"
}

variable "prefix" {
  description = "The prefix of output.bucket, without slashes around it; empty for none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^([^/]+(/[^/]+)*)?$", var.prefix))
    error_message = "The prefix has no slash at its beginning or end."
  }
}

variable "retention_days" {
  description = "How long no object can be deleted or replaced, in days. Once locked it can be made longer, never shorter."
  type        = number
  default     = 365

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 36500
    error_message = "Between a day and 36500 days."
  }
}

variable "lock_retention" {
  description = "Locks the retention policy. IRREVERSIBLE: nobody, Google included, can take it back, and the bucket cannot be deleted until its last object has aged out. Set it in an apply of its own, after a trial without it, together with confirm_lock."
  type        = bool
  default     = false
}

variable "confirm_lock" {
  description = "To lock: the text \"lock BUCKET for DAYS days, for ever\"."
  type        = string
  default     = ""
}

variable "delete_after_days" {
  description = "Deletes objects at this age, beyond the retention; 0 keeps them for ever."
  type        = number
  default     = 0
}

variable "kms_key" {
  description = "A Cloud KMS key (projects/…/cryptoKeys/…) for encryption; empty for Google's. Whoever can destroy its versions can destroy every log, locked or not."
  type        = string
  default     = ""
}

variable "cluster" {
  description = "The cluster's name in streams: service.cluster. It is part of the identity pool's name, which is shorter."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,22}$", var.cluster))
    error_message = "One to 23 of a-z, 0-9 and '-'."
  }
}

variable "issuer" {
  description = "The cluster's service account issuer (kube-apiserver's --service-account-issuer)."
  type        = string
}

variable "jwks_json" {
  description = "The cluster's signing keys (kubectl get --raw /openid/v1/jwks), for an issuer that Google cannot reach; empty if it serves its discovery document publicly."
  type        = string
  default     = ""
}

variable "namespace" {
  description = "The agent's namespace."
  type        = string
  default     = "sealtail"
}

variable "service_account" {
  description = "The agent's ServiceAccount."
  type        = string
  default     = "sealtail"
}

variable "nodes" {
  description = "The control-plane nodes, by name. Each may write its own streams and no other's. Empty: every pod of the ServiceAccount may write every stream of the cluster (for clusters before Kubernetes 1.32, whose tokens do not name the node)."
  type        = set(string)
  default     = []
}

variable "allow_bucket_get" {
  description = "Lets agents see the retention policy and its lock (storage.buckets.get). Without it they say \"unverified\", and the auditor looks."
  type        = bool
  default     = false
}

variable "auditors" {
  description = "Who may read and list, as IAM principals: group:audit@example.com."
  type        = set(string)
  default     = []
}

variable "notification_channels" {
  description = "Cloud Monitoring channels of the alert policies; empty makes none."
  type        = list(string)
  default     = []
}
