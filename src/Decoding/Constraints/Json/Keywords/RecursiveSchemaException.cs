namespace Decant.Decoding;

/// <summary>To know what a schema allows one must know what it allows: nothing was read in between.</summary>
internal sealed class RecursiveSchemaException() : Exception("A schema refers to itself at the same place of the value.")
{
    /// <summary>What is to be said of the reference that led back, where that is more than one wanted to know.</summary>
    public JsonSchemaException? Reference { get; set; }
}
