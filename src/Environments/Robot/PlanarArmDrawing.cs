namespace DqnAkka.Environments;

/// <summary>What the planar arm looks like from above; the ring is the goal, the disc in it or under the gripper the object.</summary>
internal static class PlanarArmDrawing
{
    private const double HalfView = 1.12;
    // From the tip back to where the jaws are held.
    private const double Palm = 0.04;
    private static readonly RgbColor Table = new(244, 241, 234);
    private static readonly RgbColor WorkArea = new(232, 227, 216);
    private static readonly RgbColor Goal = new(60, 150, 90);
    private static readonly RgbColor Thing = new(214, 90, 60);
    private static readonly RgbColor Link = new(90, 120, 160);
    private static readonly RgbColor Joint = new(45, 50, 55);

    public static ImageSize Size => new(400, 400);

    public static void Draw(in PlanarArmState state, Canvas canvas)
    {
        canvas.SetView(-HalfView, HalfView, HalfView, -HalfView);
        canvas.Clear(Table);
        canvas.FillCircle(0, 0, 2 * PlanarArm.Link, WorkArea);
        canvas.FillCircle(state.GoalX, state.GoalY, PlanarArm.Reach + 0.025, Goal);
        canvas.FillCircle(state.GoalX, state.GoalY, PlanarArm.Reach, WorkArea);
        PlanarArmPose pose = PlanarArmPose.Of(in state);
        canvas.DrawLine(0, 0, pose.ElbowX, pose.ElbowY, 0.09, Link);
        canvas.DrawLine(pose.ElbowX, pose.ElbowY, pose.TipX - (Palm * pose.ForearmCosine), pose.TipY - (Palm * pose.ForearmSine), 0.07, Link);
        canvas.FillCircle(0, 0, 0.07, Joint);
        canvas.FillCircle(pose.ElbowX, pose.ElbowY, 0.05, Joint);
        DrawGripper(in pose, state.Held, canvas);
        canvas.FillCircle(state.ObjectX, state.ObjectY, 0.035, Thing);
    }

    private static void DrawGripper(in PlanarArmPose pose, bool closed, Canvas canvas)
    {
        (double aheadX, double aheadY) = (pose.ForearmCosine, pose.ForearmSine);
        double gap = closed ? 0.045 : 0.065;
        for (int side = -1; side <= 1; side += 2)
        {
            double x = pose.TipX - (side * gap * aheadY);
            double y = pose.TipY + (side * gap * aheadX);
            canvas.DrawLine(x - (Palm * aheadX), y - (Palm * aheadY), x + (0.05 * aheadX), y + (0.05 * aheadY), 0.025, Joint);
        }

        double backX = pose.TipX - (Palm * aheadX);
        double backY = pose.TipY - (Palm * aheadY);
        canvas.DrawLine(backX - (gap * aheadY), backY + (gap * aheadX), backX + (gap * aheadY), backY - (gap * aheadX), 0.025, Joint);
    }
}
