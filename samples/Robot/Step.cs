namespace Decant.Samples.Robot;

/// <summary>One step of a plan.</summary>
/// <param name="Question">What the model was asked.</param>
/// <param name="Said">What it said.</param>
/// <param name="Goal">Where the robot is to go, or null where what was said names nothing.</param>
/// <param name="Distance">Steps it takes; null where it cannot get there.</param>
/// <param name="IsRight">Whether that is where it has to go.</param>
internal sealed record Step(string Question, string Said, string? Goal, int? Distance, bool IsRight)
{
    public override string ToString() => $"{Question} \"{Said}\" -> " + (Goal is null ? "that is no place to go to"
        : Distance is null ? $"{Goal}: cannot be reached"
        : $"{Goal}, {Distance} steps{(IsRight ? "" : ": wrong")}");
}
