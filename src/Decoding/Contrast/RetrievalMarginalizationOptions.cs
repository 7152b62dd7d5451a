namespace Decant.Decoding;

/// <summary>
/// Retrieval marginalisation: reads each of the call's best documents in a prompt of its own and mixes the answers' probabilities token by token, weighted by
/// softmax(score / temperature) of the documents' scores.
/// </summary>
/// <remarks>
/// Lewis et al., "Retrieval-Augmented Generation for Knowledge-Intensive NLP Tasks" (2020, RAG-token), as used by Hase and Bansal, "When Can Models Learn From
/// Explanations?" (2021). Probabilities are mixed, never logits. One row per document and token, all in one batch; the best document's row is the target's own.
/// </remarks>
public sealed record RetrievalMarginalizationOptions : ContrastOptions
{
    /// <inheritdoc/>
    public override string Kind => "retrieval-marginalization";

    /// <summary>The most documents to read, the best scored ones; 1 … 64. Default: 4.</summary>
    public int Contexts { get; init; } = 4;

    /// <summary>Divides the documents' scores; above 0. Large values weigh all documents alike. Default: 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Contexts is >= 1 and <= 64, Contexts, nameof(Contexts), "from 1 to 64");
        Check(Temperature > 0 && double.IsFinite(Temperature), Temperature, nameof(Temperature), "a finite number above 0");
    }

    /// <inheritdoc/>
    public override ILogitPolicy Compile(PlanContext context)
    {
        var scores = context.DocumentScores;
        if (scores.Count == 0) throw new ArgumentException($"{Kind}: the call has no documents to read. Give them with ChatOptions.WithDocuments.");
        if (!scores.All(double.IsFinite)) throw new ArgumentException($"{Kind}: every document's score must be a finite number.");
        var best = Enumerable.Range(0, scores.Count).OrderByDescending(document => scores[document]).Take(Contexts).ToArray();
        var weights = Array.ConvertAll(best, document => Math.Exp((scores[document] - scores[best[0]]) / Temperature));
        var sum = weights.Sum();
        return new DocumentMixture(best, Array.ConvertAll(weights, weight => (float)(weight / sum)));
    }
}

internal sealed class DocumentMixture(int[] documents, float[] weights) : ILogitPolicy
{
    // The best document's branch is the target: it needs no forward of its own.
    public IReadOnlyList<BranchRequest> Branches { get; } =
        [.. documents.Select((document, i) => new BranchRequest(i == 0 ? BranchRequest.Target.Name : $"document_{document}", null, new BranchPrompt.OneDocument(document)))];

    public void Combine(in BranchRows rows, GenerationState state, RowScratch scratch, Span<float> destination, ref RowReport report)
    {
        report.Weight = weights[0];
        if (weights.Length == 1) rows.Main.CopyTo(destination);
        else RowMath.Mix(rows, weights, scratch, destination);
    }
}
