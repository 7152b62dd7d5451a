namespace Decant.Decoding;

/// <summary>What a reasoning span is to be. Data: whoever adds a kind of <see cref="ThinkingOptions"/> gives one of these.</summary>
public sealed record ThinkingScript
{
    /// <summary>The whole reasoning, in place of the model's own. Null: the model's own.</summary>
    public string? Text { get; init; }

    /// <summary>Whether reasoning is opened where the prompt has not opened it. False: the model may answer without. No choice where there is a <see cref="Text"/>.</summary>
    public bool Opens { get; init; }

    /// <summary>Tokens before which the model cannot close its reasoning; at least 0.</summary>
    public int MinTokens { get; init; }

    /// <summary>Most tokens between the marks, with all that is written in the model's place.</summary>
    public int MaxTokens { get; init; } = int.MaxValue;

    /// <summary>What is written before a closing mark that comes because there are no more tokens.</summary>
    public string Ending { get; init; } = "";

    /// <summary>What the model says instead of closing its reasoning, in turn.</summary>
    public ValueList<string> Cues { get; init; } = [];

    /// <summary>How many closes are replaced; at least 0.</summary>
    public int MaxExtensions { get; init; }

    /// <summary>Tokens from which on a close is let through.</summary>
    public int ExtendBelow { get; init; } = int.MaxValue;
}
