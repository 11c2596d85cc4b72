{{/* What Pod Security calls restricted. */}}
{{- define "tilework.pod.security" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "tilework.container.security" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end -}}

{{/* Where pods go. */}}
{{- define "tilework.pod.placement" -}}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "tilework.pod.pull" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Environment of Python's parts, where the root file system is read-only: a dictionary of root and home. Dask finds its certificates by it. */}}
{{- define "tilework.python.env" -}}
- {name: HOME, value: {{ .home }}}
- {name: PYTHONDONTWRITEBYTECODE, value: "1"}
- {name: DASK_TEMPORARY_DIRECTORY, value: /tmp}
{{- if .root.Values.tls.enabled }}
- {name: DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION, value: "True"}
- {name: DASK_DISTRIBUTED__COMM__TLS__CA_FILE, value: /etc/tilework/tls/ca.crt}
{{- range list "SCHEDULER" "WORKER" "CLIENT" }}
- {name: DASK_DISTRIBUTED__COMM__TLS__{{ . }}__CERT, value: /etc/tilework/tls/tls.crt}
- {name: DASK_DISTRIBUTED__COMM__TLS__{{ . }}__KEY, value: /etc/tilework/tls/tls.key}
{{- end }}
{{- end }}
{{- end -}}
