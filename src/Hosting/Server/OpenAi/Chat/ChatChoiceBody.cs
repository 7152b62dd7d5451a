namespace Decant.Hosting.Server;

/// <summary>One answer.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Message">What it says.</param>
/// <param name="Logprobs">How likely its tokens were, where that was asked for.</param>
/// <param name="FinishReason">Why it ended.</param>
/// <param name="Decant">What its call has beyond OpenAI's, where the request has several calls.</param>
internal sealed record ChatChoiceBody(int Index, AnswerBody Message, LogprobsBody? Logprobs, string FinishReason, DecantBody? Decant);
