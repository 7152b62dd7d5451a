using Decant.Connectors.Chat;

namespace Decant.Samples.Rag;

/// <summary>What there is to say about a question.</summary>
/// <param name="Question">The question.</param>
/// <param name="Passages">What was read, best first; empty where nothing was found.</param>
/// <param name="Sentences">What the model wrote, said or not.</param>
internal sealed record GroundedAnswer(string Question, IReadOnlyList<ChatDocument> Passages, IReadOnlyList<GroundedSentence> Sentences)
{
    /// <summary>Whether nothing of it is good enough to be said.</summary>
    public bool IsAbstention => !Sentences.Any(sentence => sentence.IsSaid);

    /// <summary>The sentences that are said, each with its source, or that there is no answer.</summary>
    public string Text => IsAbstention
        ? "The documents do not answer this."
        : string.Join(' ', Sentences.Where(sentence => sentence.IsSaid).Select(sentence => $"{sentence.Text} [{sentence.Source}]"));
}
