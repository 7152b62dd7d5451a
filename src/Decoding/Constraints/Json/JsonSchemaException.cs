namespace Decant.Decoding;

/// <summary>A JSON Schema has a keyword that cannot be enforced where it stands, or one that is not a valid one.</summary>
public sealed class JsonSchemaException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="pointer">Where the keyword's schema stands, as a JSON pointer; empty for the whole schema.</param>
    /// <param name="keyword">The keyword.</param>
    /// <param name="reason">What is wrong, and what to do, as a sentence.</param>
    public JsonSchemaException(string pointer, string keyword, string reason)
        : base($"json-schema: {keyword} at \"#{pointer}\": {reason}")
        => (Pointer, Keyword) = (pointer, keyword);

    /// <summary>Where the keyword's schema stands, as a JSON pointer: <c>/properties/name</c>.</summary>
    public string Pointer { get; }

    /// <summary>The keyword.</summary>
    public string Keyword { get; }

    /// <summary>Whether the schema is a valid one that is beyond what can be enforced, so that <see cref="JsonSchemaOptions.Lenient"/> does without the keyword.</summary>
    public bool IsUnsupported => Warning is not null;

    /// <summary>What to say where it is done without.</summary>
    internal string? Warning { get; private init; }

    /// <summary>The exception for a keyword that is beyond what can be enforced.</summary>
    internal static JsonSchemaException Unsupported(string pointer, string keyword, string reason)
        => new(pointer, keyword, $"{reason} Take it out, or set Lenient to enforce the rest.") { Warning = $"json-schema: {keyword} at \"#{pointer}\" is not enforced: {reason}" };
}
