{{- define "sealtail.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "sealtail.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: agent
{{- end -}}

{{- define "sealtail.commonLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: sealtail
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "sealtail.labels" -}}
{{ include "sealtail.commonLabels" . }}
app.kubernetes.io/component: agent
{{- end -}}

{{- define "sealtail.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "sealtail.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "sealtail.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* The configuration file: the values as they are, with what the chart mounts filled in. */}}
{{- define "sealtail.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- if .Values.signingKey.existingSecret -}}
{{- $_ := set $config "signing" (dict "key" "/etc/sealtail/signing/signing.pem" "generate" false) -}}
{{- end -}}
{{- if and .Values.workloadIdentity.enabled (not (dig "output" "credentials" "" $config)) -}}
{{- $_ := set $config.output "credentials" (dict "type" "external_account" "file" "/etc/sealtail/federation.json") -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}

{{- define "sealtail.federation" -}}
{{- $identity := .Values.workloadIdentity -}}
{{- $file := dict
  "type" "external_account"
  "audience" $identity.provider
  "subject_token_type" "urn:ietf:params:oauth:token-type:jwt"
  "token_url" "https://sts.googleapis.com/v1/token"
  "credential_source" (dict "file" "/var/run/secrets/sealtail/token" "format" (dict "type" "text")) -}}
{{- if $identity.serviceAccountEmail -}}
{{- $_ := set $file "service_account_impersonation_url" (printf "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/%s:generateAccessToken" $identity.serviceAccountEmail) -}}
{{- end -}}
{{- toPrettyJson $file -}}
{{- end -}}

{{/* The port that config.service.http names. */}}
{{- define "sealtail.port" -}}
{{- regexFind "[0-9]+$" (toString (dig "service" "http" "" .Values.config)) -}}
{{- end -}}

{{/* The nodes' directories that are mounted to be read: those of the inputs, each once, as a JSON array. */}}
{{- define "sealtail.logDirectories" -}}
{{- $directories := list -}}
{{- range .Values.config.inputs -}}
{{- $directories = append $directories (dir .path) -}}
{{- end -}}
{{- $directories | uniq | toJson -}}
{{- end -}}

{{/* What the schema cannot say. Lint goes on after these; install, upgrade and template stop. */}}
{{- define "sealtail.check" -}}
{{- $config := .Values.config -}}
{{- if not (dig "service" "cluster" "" $config) -}}
{{- fail "config.service.cluster is required: the cluster's name in every stream, for instance prod-eu1." -}}
{{- end -}}
{{- if not (dig "output" "bucket" "" $config) -}}
{{- fail "config.output.bucket is required: where chunks and manifests go, for instance gs://acme-audit/k8s." -}}
{{- end -}}
{{- $state := dig "service" "state" "/var/lib/sealtail" $config -}}
{{- if not (hasPrefix "/" $state) -}}
{{- fail (printf "config.service.state must be an absolute path on the node (was %s)." $state) -}}
{{- end -}}
{{- if not (include "sealtail.port" .) -}}
{{- fail "config.service.http is required: probes need it. The default is ${POD_IP}:2020." -}}
{{- end -}}
{{- if regexMatch "^(127\\.|localhost|\\[::1\\])" (toString $config.service.http) -}}
{{- fail (printf "config.service.http is %s: the kubelet cannot reach the pod's loopback. Use ${POD_IP}:2020; the network policy limits who may ask." $config.service.http) -}}
{{- end -}}
{{- $paths := list -}}
{{- range $config.inputs -}}
{{- if not (isAbs .path) -}}
{{- fail (printf "config.inputs: the path of %s must be absolute (was %s)." .name .path) -}}
{{- end -}}
{{- if has (dir .path) (list "/" "/etc" "/var" "/proc" "/sys" "/dev") -}}
{{- fail (printf "config.inputs: %s lies in %s, which the chart does not mount into a pod. Let kube-apiserver write its audit log into a directory of its own." .path (dir .path)) -}}
{{- end -}}
{{- if or (eq (dir .path) $state) (hasPrefix (printf "%s/" $state) .path) -}}
{{- fail (printf "config.inputs: %s lies in the state directory %s." .path $state) -}}
{{- end -}}
{{- $paths = append $paths (clean .path) -}}
{{- end -}}
{{- range .Values.extraVolumes -}}
{{- with .hostPath -}}
{{- if or (has (clean .path) $paths) (has (default "" .type) (list "File" "FileOrCreate")) -}}
{{- fail (printf "extraVolumes: %s is a single file. A file mounted alone stays the same file when kube-apiserver rotates its log, and everything written after that is never seen. The chart mounts the log's directory." .path) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range .Values.extraVolumeMounts -}}
{{- if has (clean .mountPath) $paths -}}
{{- fail (printf "extraVolumeMounts: %s is the log itself. A file mounted alone stays the same file when kube-apiserver rotates its log, and everything written after that is never seen. The chart mounts the log's directory." .mountPath) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.workloadIdentity.enabled (not .Values.workloadIdentity.provider) -}}
{{- fail "workloadIdentity.provider is required: //iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER." -}}
{{- end -}}
{{- if and .Values.monitoring.podMonitor .Values.monitoring.serviceMonitor -}}
{{- fail "monitoring: podMonitor and serviceMonitor would scrape every pod twice; choose one." -}}
{{- end -}}
{{- end -}}
