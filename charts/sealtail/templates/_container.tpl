{{/* What both containers have in common. */}}
{{- define "sealtail.environment" -}}
env:
  - name: NODE_NAME
    valueFrom:
      fieldRef:
        fieldPath: spec.nodeName
  - name: POD_IP
    valueFrom:
      fieldRef:
        fieldPath: status.podIP
  {{- with .Values.env }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "sealtail.securityContext" -}}
securityContext:
  privileged: false
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
    add: [DAC_READ_SEARCH]
  {{- with .Values.seLinuxOptions }}
  seLinuxOptions:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{- define "sealtail.mounts" -}}
- name: config
  mountPath: /etc/sealtail
  readOnly: true
- name: state
  mountPath: {{ dig "service" "state" "/var/lib/sealtail" .Values.config }}
{{- range $index, $directory := include "sealtail.logDirectories" . | fromJsonArray }}
# The directory, never the file: rotation renames the file, and a file mounted alone would stay the old one for ever.
- name: log-{{ $index }}
  mountPath: {{ $directory }}
  readOnly: true
{{- end }}
{{- if .Values.signingKey.existingSecret }}
- name: signing-key
  mountPath: /etc/sealtail/signing
  readOnly: true
{{- end }}
{{- if .Values.workloadIdentity.enabled }}
- name: token
  mountPath: /var/run/secrets/sealtail
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}
