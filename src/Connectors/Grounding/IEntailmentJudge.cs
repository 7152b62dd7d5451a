namespace Decant.Connectors.Grounding;

/// <summary>Says whether one text follows from another: two answers that follow from each other mean the same; a sentence that follows from a passage is supported by it.</summary>
/// <remarks>Safe for concurrent use.</remarks>
public interface IEntailmentJudge
{
    /// <summary>Whether it measures a likeness rather than judging what the texts say.</summary>
    bool IsApproximate { get; }

    /// <summary>Whether <paramref name="hypothesis"/> follows from <paramref name="premise"/>.</summary>
    /// <param name="question">What both speak about, or an empty text.</param>
    /// <param name="premise">What is taken as true.</param>
    /// <param name="hypothesis">What may follow.</param>
    /// <param name="cancellationToken">Stops the judgement.</param>
    ValueTask<bool> EntailsAsync(string question, string premise, string hypothesis, CancellationToken cancellationToken = default);
}
