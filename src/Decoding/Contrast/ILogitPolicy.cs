namespace Decant.Decoding;

/// <summary>Combines the rows of several branches into one row of logits. Immutable, safe for concurrent use, a pure function of its arguments.</summary>
public interface ILogitPolicy
{
    /// <summary>
    /// The branches. The first is the target: its <see cref="BranchRequest.Model"/> is null, and what its prompt variant says is what the call decodes.
    /// </summary>
    IReadOnlyList<BranchRequest> Branches { get; }

    /// <summary>What else the target's forward must return, or null.</summary>
    Taps? Taps => null;

    /// <summary>Whether <see cref="Combine"/> fills <see cref="RowReport.Divergence"/>.</summary>
    bool ReportsDivergence => false;

    /// <summary>Writes the combined logits. Vocabulary entries of −∞ in the target's row stay −∞.</summary>
    /// <param name="rows">One row per branch, in the order of <see cref="Branches"/>.</param>
    /// <param name="state">Tokens so far; read, not changed.</param>
    /// <param name="scratch">Buffers that are kept from row to row.</param>
    /// <param name="destination">Receives one logit per vocabulary id.</param>
    /// <param name="report">Receives what there is to tell about the step.</param>
    void Combine(in BranchRows rows, GenerationState state, RowScratch scratch, Span<float> destination, ref RowReport report);

    /// <summary>Sets tokens that are implausible to a trusted branch to −∞, at least one staying finite. Left out where constraints allow nothing else.</summary>
    /// <inheritdoc cref="Combine"/>
    void Mask(in BranchRows rows, RowScratch scratch, Span<float> destination, ref RowReport report)
    {
    }

    /// <summary>
    /// Whether the target's row alone decides: <see cref="Mask"/> would leave a single token, which is returned. Branches of other models then need not run for
    /// this step, and catch up when they are next needed. Null: all branches are needed.
    /// </summary>
    int? Settle(ReadOnlySpan<float> target, RowScratch scratch) => null;
}
