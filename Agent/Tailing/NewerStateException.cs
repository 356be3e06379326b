namespace Sealtail.Tailing;

/// <summary>The reader's state was written by a newer version of the program: a configuration error, and the state stays untouched.</summary>
internal sealed class NewerStateException(long found, int known)
    : Exception($"The reader's state has version {found}; this program knows versions up to {known}. Run the newer program, or restore its predecessor's state.");
