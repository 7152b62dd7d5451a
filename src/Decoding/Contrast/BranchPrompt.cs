namespace Decant.Decoding;

/// <summary>How a branch's prompt differs from the call's. Data only: whoever owns the messages makes the tokens.</summary>
public abstract record BranchPrompt
{
    private BranchPrompt()
    {
    }

    /// <summary>The call's own prompt.</summary>
    public static BranchPrompt Same { get; } = new SamePrompt();

    /// <summary>The prompt's last token alone.</summary>
    public static BranchPrompt LastToken { get; } = new LastTokenPrompt();

    /// <summary>No prompt at all but what the model begins every text with.</summary>
    public static BranchPrompt WithoutPrompt { get; } = new WithoutPromptPrompt();

    /// <summary>See <see cref="Same"/>.</summary>
    public sealed record SamePrompt : BranchPrompt;

    /// <summary>See <see cref="LastToken"/>.</summary>
    public sealed record LastTokenPrompt : BranchPrompt;

    /// <summary>See <see cref="WithoutPrompt"/>.</summary>
    public sealed record WithoutPromptPrompt : BranchPrompt;

    /// <summary>The call's messages without the documents, and without the passages listed here wherever they occur in a message.</summary>
    /// <param name="Passages">Texts to cut out of the messages. None, and no documents: an error, for then nothing would differ.</param>
    public sealed record WithoutContext(ValueList<string> Passages) : BranchPrompt;

    /// <summary>The call's messages with one of its documents only.</summary>
    /// <param name="Index">Which, from 0.</param>
    public sealed record OneDocument(int Index) : BranchPrompt;

    /// <summary>The call's messages without one of its documents.</summary>
    /// <param name="Index">Which, from 0.</param>
    public sealed record AllButDocument(int Index) : BranchPrompt;

    /// <summary>The call's messages with another system message.</summary>
    /// <param name="Text">The system message, or null for none.</param>
    public sealed record SystemMessage(string? Text) : BranchPrompt;

    /// <summary>The call's messages with the last of the user's replaced.</summary>
    /// <param name="Text">What it says instead.</param>
    public sealed record UserMessage(string Text) : BranchPrompt;
}
