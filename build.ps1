#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Names the project's tasks; each is a dotnet command that you can also type yourself.
.EXAMPLE
    ./build.ps1
.EXAMPLE
    ./build.ps1 test -Filter ConfigurationErrorTests
.EXAMPLE
    ./build.ps1 publish -Output /opt/sealtail
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('build', 'test', 'publish', 'bench', 'pack-chart')]
    [string] $Target = 'build',

    [string] $Configuration = 'Release',

    # test: only tests whose full name contains this; bench: which measurement (run it with help for all of them).
    [string] $Filter = '',

    # publish: the machine that the program is for, linux-x64 or linux-arm64 (compiled on one of the same kind).
    [string] $Runtime = 'linux-x64',

    # publish, pack-chart: where the program, or the chart's archive, goes.
    [string] $Output = "$PSScriptRoot/out/publish"
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

function Invoke-DotNet {
    & dotnet @args
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}

function Invoke-Helm {
    & helm @args
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}

switch ($Target) {
    'build' {
        Invoke-DotNet build "$PSScriptRoot/Sealtail.slnx" --configuration $Configuration
    }
    'test' {
        $only = @(if ($Filter) { '--filter', "FullyQualifiedName~$Filter" })
        Invoke-DotNet test "$PSScriptRoot/Sealtail.slnx" --configuration $Configuration @only
    }
    'publish' {
        Invoke-DotNet publish "$PSScriptRoot/Agent" --configuration $Configuration --runtime $Runtime --output $Output
    }
    'bench' {
        $which = if ($Filter) { $Filter } else { 'ship' }
        # Quoted: PowerShell keeps an unquoted -- for itself.
        Invoke-DotNet run --project "$PSScriptRoot/Agent.Benchmarks" --configuration Release '--' $which
    }
    'pack-chart' {
        Invoke-Helm package "$PSScriptRoot/charts/sealtail" --destination $Output
    }
}
