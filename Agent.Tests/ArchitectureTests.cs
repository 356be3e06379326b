namespace Sealtail.Tests;

internal sealed class ArchitectureTests
{
    [NUnit.Framework.Test]
    public void X() { }
}
