using Decant.Decoding;

namespace Decant.Connectors.Engines;

/// <summary>
/// Chooses what runs in the next step. Requests of few rows, such as a stream's next token, run in every step and whole. What room they leave, longer ones share: the urgent
/// first, then those with the least left to run, and always a part for the one that came first, so that none waits for ever. First tokens that fit into a step or two have it to themselves, every other one at most.
/// </summary>
/// <param name="slices">Whether requests may be run a part at a time; false where that changes results.</param>
/// <param name="reach">At which position of the text attention costs a row as much as all else.</param>
internal sealed class StepPlanner(bool slices, double reach)
{
    private const int FewRows = 16;

    // Attention takes four rows of a sequence at once.
    private const int Block = 4;
    private readonly List<ForwardRequest> _long = [];
    private LayerPlan? _last;
    private bool _heldBack;

    /// <summary>Sets <see cref="ForwardRequest.Take"/> of those that run and lists them.</summary>
    /// <param name="started">All that could, in order of arrival; at least one.</param>
    /// <param name="work">About how much work the step should have, in rows of a short context.</param>
    /// <param name="step">Receives them.</param>
    /// <returns>How much it has.</returns>
    public double Plan(List<ForwardRequest> started, double work, List<ForwardRequest> step)
    {
        step.Clear();
        _long.Clear();
        ChooseLayers(started);
        var done = 0.0;
        var holdBack = false;
        foreach (var request in started)
        {
            if (request.Input.Layers != _last) continue;
            var all = request.Remaining * Cost(request);
            if (slices && !request.IsTree && request.Remaining > FewRows && !(request.IsFirst && done + all <= 2 * work))
            {
                _long.Add(request);
                continue;
            }

            holdBack |= request.IsFirst && !_heldBack;
            request.Take = request.Remaining;
            step.Add(request);
            done += all;
        }

        _heldBack = holdBack && _long.Count > 0;
        return _long.Count == 0 || holdBack ? done : done + Share(Math.Max(work - done, work / 4), work / 4, step);
    }

    // Rows run together where they run the same parts of the layers; those that do not take turns, in order.
    private void ChooseLayers(List<ForwardRequest> started)
    {
        var last = 0;
        while (last < started.Count && started[last].Input.Layers != _last) last++;
        for (var i = 1; i <= started.Count; i++)
        {
            var layers = started[(last + i) % started.Count].Input.Layers;
            if (layers == _last) continue;
            _last = layers;
            return;
        }

        _last = started[0].Input.Layers;
    }

    private double Share(double left, double reserved, List<ForwardRequest> step)
    {
        var all = left;
        left -= Give(_long[0], reserved, Block, step);
        _long.Sort(static (a, b) => a.Owner.Priority != b.Owner.Priority ? b.Owner.Priority.CompareTo(a.Owner.Priority) : a.Remaining.CompareTo(b.Remaining));
        foreach (var request in _long) left -= Give(request, left, 0, step);
        return all - left;
    }

    private double Give(ForwardRequest request, double work, int atLeast, List<ForwardRequest> step)
    {
        var cost = Cost(request);
        var missing = request.Remaining - request.Take;
        var take = Math.Min(missing, Math.Max((int)(work / cost), atLeast));
        if (take < missing) take = take / Block * Block;
        if (take <= 0) return 0;
        if (request.Take == 0) step.Add(request);
        request.Take += take;
        return take * cost;
    }

    // What a row costs beside one at the beginning of a text.
    private double Cost(ForwardRequest request) => 1 + ((request.Owner.Before + request.From) / reach);
}
